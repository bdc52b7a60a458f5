# State behind a role, resources behind a role: a site's bucket and the role that deploys to it.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "site/terraform.tfstate"
    region       = "us-east-1"
    use_lockfile = true
    assume_role  = { role_arn = "arn:aws:iam::123456789012:role/Terraform", session_name = "terraform" }
  }
}

variable "role" {
  type    = string
  default = "Terraform"
}

provider "aws" {
  region = "us-east-1"
  assume_role {
    role_arn     = "arn:aws:iam::123456789012:role/${var.role}"
    session_name = "terraform"
  }
}

data "aws_caller_identity" "current" {}

resource "aws_s3_bucket" "site" {
  bucket = "acme-site-of-terraform"
  tags   = { Site = "acme" }
}

resource "aws_s3_bucket_versioning" "site" {
  bucket = aws_s3_bucket.site.id
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_public_access_block" "site" {
  bucket                  = aws_s3_bucket.site.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyOverTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = "${aws_s3_bucket.site.arn}/private/*"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_s3_object" "page" {
  bucket       = aws_s3_bucket.site.id
  key          = "index.html"
  content      = "<h1>it works</h1>"
  content_type = "text/html"
}

resource "aws_iam_user" "pipeline" {
  name = "pipeline"
  tags = { Team = "web" }
}

resource "aws_iam_role" "deploy" {
  name                 = "deploy-site"
  max_session_duration = 7200
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = aws_iam_user.pipeline.arn }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "sts:ExternalId" = "site" } }
    }]
  })
}

resource "aws_iam_policy" "upload" {
  name = "upload-site"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:PutObject", Resource = "${aws_s3_bucket.site.arn}/*" }]
  })
}

resource "aws_iam_role_policy_attachment" "upload" {
  role       = aws_iam_role.deploy.name
  policy_arn = aws_iam_policy.upload.arn
}

resource "aws_iam_role_policy" "list" {
  name = "list"
  role = aws_iam_role.deploy.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:ListBucket", Resource = aws_s3_bucket.site.arn }]
  })
}

resource "aws_iam_instance_profile" "deploy" {
  name = "deploy-site"
  role = aws_iam_role.deploy.name
}

output "caller" {
  value = data.aws_caller_identity.current.arn
}
