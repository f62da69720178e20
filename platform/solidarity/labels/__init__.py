"""The labels on screen for kinds, states, cells and numbers, and the glossary."""
