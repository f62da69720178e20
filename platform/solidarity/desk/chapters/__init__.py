"""The chapters of the desk: the list, one chapter, and onboarding."""
