"""What a report, an amendment and a meeting are made of; each is asked for by pages and by actions."""
