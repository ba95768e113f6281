"""The ground floor: facts, instants, files and pages. It knows no word of emergencies."""
