"""What did the file mean? YAML or JSON in; a policy and what belongs to it out, or every problem at once.

One file per part of the contract's section 4: `calling`, `hours`, `moments`, `following`, `orders`,
`listing`; `tree` and its two readers keep what was written as text, `reading` and `fields` ask for it.
"""

from campaigns.definition.columns import columns_needed, columns_of_consent, consent_texts, texts_of
from campaigns.definition.definition import Definition, policy_of, read_definition, survey_definition
from campaigns.definition.named import Named, Verdict, judge, named_in_document
from campaigns.definition.outline import outline
from campaigns.definition.terms import AccountTerms

__all__ = [
    "AccountTerms",
    "Definition",
    "Named",
    "Verdict",
    "columns_needed",
    "columns_of_consent",
    "consent_texts",
    "judge",
    "named_in_document",
    "outline",
    "policy_of",
    "read_definition",
    "survey_definition",
    "texts_of",
]
