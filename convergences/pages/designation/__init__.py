"""The autorité territoriale answers a campaign: by the link of a mail, or by the reference and code of a letter."""
