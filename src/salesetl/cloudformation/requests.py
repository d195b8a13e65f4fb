"""What the infrastructure should become: templates, parameters of them, and what its jobs run."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from salesetl.cloudformation.stacks import Template
from salesetl.errors import ArgumentError, InputError, not_known, one_line
from salesetl.registry import namespaces

ENVIRONMENT_TEMPLATE = "infra/salesetl.yaml"


def function_key(package: bytes) -> str:
    """Return where a package of the functions is in the bucket of scripts, by its content."""
    return f"functions/{hashlib.sha256(package).hexdigest()}.zip"


def template_path(pipeline: str) -> str:
    """Return where the template of a pipeline is below the root of the repository."""
    return f"infra/pipelines/{pipeline}.yaml"


@dataclass(frozen=True)
class Request:
    """What the infrastructure should become: the templates below a root, and their parameters.

    `release` is what the jobs of new stacks begin with. `function` is the package of the Lambda
    functions, a zip, if it is to be deployed.
    """

    root: Path = Path()
    parameters: Mapping[str, str] = field(default_factory=dict)
    release: str | None = None
    function: bytes | None = None

    def template(self, path: str, folder: str | None = None) -> Template:
        """Read a template; InputError if it is not there, or is no YAML.

        A large one is sent by a folder of a bucket.
        """
        try:
            text = (self.root / path).read_text(encoding="utf-8")
            return Template(text, _parameters(text), folder)
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"{self.root / path}: cannot be read ({error}); run it where {ENVIRONMENT_TEMPLATE}"
                " is"
            ) from error
        except ValueError as error:
            raise InputError(f"{self.root / path}: {error}") from error

    def check_parameters(self) -> None:
        """See that a template has each parameter; ArgumentError with the nearest if none has."""
        paths = [ENVIRONMENT_TEMPLATE, *map(template_path, namespaces())]
        known = {name for path in paths for name in self.template(path).parameters}
        for name in self.parameters:
            if name in ("Env", "Release"):
                raise ArgumentError(f"--parameter {name}: give it as --{name.lower()}")
            if name not in known:
                told = f"--parameter {name}: no template has it"
                raise ArgumentError(not_known(told, name, known))


def _parameters(text: str) -> list[str]:
    """Return the names of the parameters of a template; ValueError if it is no YAML."""
    import yaml

    try:
        # Nodes only: what the short tags of CloudFormation stand for does not matter here.
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ValueError(f"not a template: {one_line(error)}") from error
    if not isinstance(root, yaml.MappingNode):
        raise ValueError("not a template: it has no sections")
    sections = {key.value: value for key, value in root.value}
    parameters = sections.get("Parameters")
    if not isinstance(parameters, yaml.MappingNode):
        return []
    return [name.value for name, _ in parameters.value]
