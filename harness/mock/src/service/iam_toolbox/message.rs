//! The authorization ID in the text of a denial.

use rolecall_wire::ServiceError;

use crate::service::call::Call;
use crate::world::Partition;

/// A denial whose text ends with where to look the authorization up. Anonymous callers and services have nowhere to.
///
/// AWS: IAM User Guide, Troubleshoot access denied error messages with authorization ID.
pub(crate) fn with_authorization_id(call: &Call, id: &str, error: ServiceError) -> ServiceError {
    let (Some(message), Some(_)) = (&error.message, &call.caller.account) else {
        return error;
    };
    let (region, domain) = (&call.circumstances.region, console(call.partition()));
    let message = format!(
        "{message}. Go to https://{region}.{domain}/iam/home?region={region}#/authorization-details/{id} for complete \
         details, or call the GetRequestAuthorizationDetails API with the following authorization id: {id}"
    );
    ServiceError {
        message: Some(message),
        ..error
    }
}

/// The console's domain; those of the isolated partitions aren't public.
fn console(partition: Partition) -> &'static str {
    match partition {
        Partition::China => "console.amazonaws.cn",
        Partition::UsGov => "console.amazonaws-us-gov.com",
        Partition::Aws
        | Partition::Iso
        | Partition::IsoB
        | Partition::IsoE
        | Partition::IsoF
        | Partition::EuSovereign => "console.aws.amazon.com",
    }
}
