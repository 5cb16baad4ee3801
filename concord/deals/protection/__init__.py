"""The programme's rules of protection as pure functions: terms, working hours, periods. No ORM, no clock, no HTTP."""
