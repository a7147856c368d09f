"""Designation of référents: campaigns, invitations of the autorités territoriales, their answers, mandates.

Decides who is asked, when reminders leave, what proves an answer, and that only a validated answer makes a référent
(DOMAIN, rule 4). Refuses to know pages; arrivals and profiles are made by `lifecycle` and `directory`.
"""
