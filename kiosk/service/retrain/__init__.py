"""What the house teaches its agent: better answers to questions, an edited knowledge, and what they change."""
