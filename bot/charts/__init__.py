"""Pictures of the answers to a survey, behind links that expire."""
