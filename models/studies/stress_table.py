def stress_as_text(s: object) -> str:
    return ""
