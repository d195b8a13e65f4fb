"""What to deploy: the templates, their parameters, and the code that the jobs run."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from salesetl.cloudformation.stacks import Template
from salesetl.errors import ArgumentError, InputError, not_known, one_line
from salesetl.registry import namespaces

ENVIRONMENT_TEMPLATE = "infra/salesetl.yaml"
INGEST_TEMPLATE = "infra/ingest.yaml"


def function_key(package: bytes) -> str:
    """Return the key of a function package in the scripts bucket, made from its content."""
    return f"functions/{hashlib.sha256(package).hexdigest()}.zip"


def template_path(pipeline: str) -> str:
    """Return the path of a pipeline's template in the repository."""
    return f"infra/pipelines/{pipeline}.yaml"


@dataclass(frozen=True)
class Request:
    """What to deploy: the templates below a root, and their parameters.

    `release` is the release that the jobs of new stacks run. `function` is the zip of the Lambda
    functions that load, `generator` of the one that makes events; None leaves them as they are.
    """

    root: Path = Path()
    parameters: Mapping[str, str] = field(default_factory=dict)
    release: str | None = None
    function: bytes | None = None
    generator: bytes | None = None

    def template(self, path: str, folder: str | None = None) -> Template:
        """Read a template; InputError if it is missing or not YAML.

        If the template is large, it is uploaded to `folder` on S3.
        """
        try:
            text = (self.root / path).read_text(encoding="utf-8")
            return Template(text, _parameters(text), folder)
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"{self.root / path}: cannot be read ({error}); run the command in the root of the"
                " repository, or pass --root"
            ) from error
        except ValueError as error:
            raise InputError(f"{self.root / path}: {error}") from error

    def check_parameters(self) -> None:
        """Check that a template has each parameter; ArgumentError names the most similar one."""
        of_pipelines = map(template_path, namespaces())
        paths = [ENVIRONMENT_TEMPLATE, INGEST_TEMPLATE, *of_pipelines]
        known = {name for path in paths for name in self.template(path).parameters}
        for name in self.parameters:
            if name in ("Env", "Release"):
                raise ArgumentError(f"--parameter {name}: use --{name.lower()}")
            if name not in known:
                problem = f"--parameter {name}: no template has it"
                raise ArgumentError(not_known(problem, name, known))


def _parameters(text: str) -> list[str]:
    """Return the names of the parameters of a template; ValueError if it is not YAML."""
    import yaml

    try:
        # Only the nodes, because the safe loader does not know the short tags of CloudFormation.
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
