"""The UI kit: what pages of every app are made of. `docs/ui-kit.md` lists the components and their inputs."""
