"""How far adoption is: who has come, who never has, how many rights each application counts month after month.

Decides what the centre counts and when it calls somebody again. Refuses to know campaigns, which say who is asked, and
pages. What grows with the number of agents is counted once a day by the worker, never by who looks.
"""
