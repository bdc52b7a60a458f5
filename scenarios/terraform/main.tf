# What scenarios/terraform-plan.yaml tests. The plan beside it was made without an AWS account:
#
#   terraform init
#   terraform plan -out=tfplan && terraform show -json tfplan > plan.json

terraform {
  required_providers { aws = { source = "hashicorp/aws" } }
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

variable "account" {
  default = "123456789012"
}

resource "aws_iam_role" "deploy" {
  name = "SiteDeployment"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = {
      Sid       = "TheDeploymentUser"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${var.account}:user/spa-deployment" }
      Action    = "sts:AssumeRole"
      Condition = { StringLike = { "sts:RoleSessionName" = "deploy-*" } }
    }
  })
}

# Its permissions: one policy inline, one of the plan's own attached, and one of AWS's.
data "aws_iam_policy_document" "upload" {
  statement {
    sid       = "Upload"
    actions   = ["s3:PutObject"]
    resources = ["arn:aws:s3:::spa-site/*"]
  }
}

resource "aws_iam_role_policy" "upload" {
  name   = "upload"
  role   = aws_iam_role.deploy.id
  policy = data.aws_iam_policy_document.upload.json
}

resource "aws_iam_policy" "look" {
  name = "look"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = { Effect = "Allow", Action = "s3:ListBucket", Resource = "arn:aws:s3:::spa-site" }
  })
}

# A module attaches the policy that it is given, and gives one of its own, whose ARN is known only after the apply.
module "reader" {
  source = "./reader"
  role   = aws_iam_role.deploy.name
  policy = aws_iam_policy.look.arn
}

resource "aws_iam_role_policy_attachment" "locate" {
  role       = aws_iam_role.deploy.name
  policy_arn = module.reader.locate
}

resource "aws_iam_role_policy_attachment" "invalidate" {
  role       = aws_iam_role.deploy.name
  policy_arn = "arn:aws:iam::aws:policy/CloudFrontFullAccess"
}

# The bucket refuses plain HTTP.
data "aws_iam_policy_document" "only_over_tls" {
  statement {
    sid       = "OnlyOverTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["arn:aws:s3:::spa-site", "arn:aws:s3:::spa-site/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "site" {
  bucket = "spa-site"
  policy = data.aws_iam_policy_document.only_over_tls.json
}

# A module, once for each stage.
module "stage" {
  source   = "./stage"
  for_each = toset(["staging", "production"])
  name     = each.key
  trusts   = aws_iam_role.deploy.name
  account  = var.account
}
