"""Speech and speakers in other languages than English: French, German and Spanish.

What a language has of its own is in its pack (`pack.py`, words in `data/`): marks of quotation, verbs of
speech, pronouns, titles, names.  These modules find speech, people and tags by it; who speaks where no
tag tells is then weighed as in English.
"""
