"""Changes of a chapter's state and settings: onboarding, working days, languages, dormant, reactivated, closed."""
