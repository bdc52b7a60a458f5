variable "role" {}
variable "policy" {}

resource "aws_iam_role_policy_attachment" "given" {
  role       = var.role
  policy_arn = var.policy
}

resource "aws_iam_policy" "locate" {
  name = "locate"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = { Effect = "Allow", Action = "s3:GetBucketLocation", Resource = "arn:aws:s3:::spa-site" }
  })
}

output "locate" {
  value = aws_iam_policy.locate.arn
}
