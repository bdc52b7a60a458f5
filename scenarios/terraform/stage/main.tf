variable "name" {}
variable "trusts" {}
variable "account" {}

resource "aws_iam_role" "release" {
  count = 1
  name  = "Release-${var.name}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = {
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${var.account}:role/${var.trusts}" }
      Action    = "sts:AssumeRole"
    }
  })
}

resource "aws_iam_policy" "objects" {
  for_each = toset(["assets", "pages"])
  name     = "${var.name}-${each.key}"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = { Effect = "Allow", Action = "s3:PutObject", Resource = "arn:aws:s3:::${var.name}/${each.key}/*" }
  })
}

resource "aws_iam_role_policy_attachment" "objects" {
  for_each   = aws_iam_policy.objects
  role       = aws_iam_role.release[0].name
  policy_arn = each.value.arn
}
