"""The life of a chapter: onboarding, working days, languages, dormant, reactivated, closed."""
