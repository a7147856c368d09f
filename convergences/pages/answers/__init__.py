"""The answers to a campaign, for the centre's correspondants: checked, accepted, sent back; keyed in from paper."""
