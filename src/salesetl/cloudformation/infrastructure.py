"""Plan, deploy and delete the infrastructure of an environment.

It has one stack for the environment, one for each pipeline, and one for generated events if that is
asked for. A change of the infrastructure never
changes the release that a job runs, because releases are deployed to the jobs directly. So before
any other change, a stack gets the release of its job as a parameter. If the change fails,
CloudFormation rolls back to this parameter.
"""

import re
from contextlib import ExitStack

from salesetl.cloudformation.buckets import empty_bucket
from salesetl.cloudformation.planned import PlannedStack, Show, refusal_of, show_all
from salesetl.cloudformation.requests import (
    ENVIRONMENT_TEMPLATE,
    INGEST_TEMPLATE,
    Request,
    function_key,
    template_path,
)
from salesetl.cloudformation.stacks import Stack, stack_name
from salesetl.errors import ArgumentError, StackError
from salesetl.glue.jobs import running_release, runs_under_way
from salesetl.model.pipeline import Pipeline
from salesetl.registry import pipelines
from salesetl.storage import join, storage_of

_EMPTIED = ("ScriptsBucket", "ResultsBucket")
_KEPT = ("RawBucket", "ProcessedBucket")


class Infrastructure:
    """The stacks of an environment, in the current account and region."""

    def __init__(self, env: str) -> None:
        """Check the name of the environment; ArgumentError if stacks cannot have it."""
        if not re.fullmatch("[a-z][a-z0-9]{0,9}", env):
            raise ArgumentError(
                f"--env {env!r}: use a letter, then at most nine letters or digits, all lower case"
            )
        self.env = env
        self.stack = Stack(stack_name(env))
        self._ingest = Stack(stack_name(env, "ingest"))

    def plan(self, request: Request, show: Show) -> None:
        """Show each change, and why a deploy would refuse it. Change nothing."""
        request.check_parameters()
        with ExitStack() as closing:
            opened = [self._open_environment(request, closing)]
            opened += self._open_pipelines(request, closing, "plans")
            opened += self._open_ingest(request, closing)
            show_all(opened, show)
            if refusal := refusal_of(opened):
                show(f"deploy would refuse: {refusal}")

    def deploy(
        self, request: Request, show: Show, *, may_lose_data: bool = False
    ) -> None:
        """Create or change the stacks.

        StackError before any change if data would be lost. StackError with the name and the reason
        if a resource fails; run the same deploy again to finish it.
        """
        request.check_parameters()
        for pipeline in pipelines():
            self._release(request, pipeline)
        with ExitStack() as closing:
            opened = [self._open_environment(request, closing)]
            if opened[0].change_set.is_new:
                show_all(opened, show)
                opened.pop().apply(show)
            opened += self._open_pipelines(request, closing, "templates")
            opened += self._open_ingest(request, closing)
            show_all(opened, show)
            refusal = refusal_of(opened)
            if refusal and not may_lose_data:
                raise StackError(refusal)
            for package in filter(None, (request.function, request.generator)):
                self._upload(package)
            for each in opened:
                each.apply(show)

    def check_deletable(self) -> None:
        """Check that the stacks can be deleted.

        StackError if the environment does not exist, if a stack is being changed or is protected,
        or if a run of a job is under way.
        """
        if not self.stack.is_there():
            raise StackError(f"there is no stack {self.stack.name}")
        for stack in self._all_stacks():
            stack.check_deletable()
        jobs = map(self._job, pipelines())
        if running := [run for job in jobs for run in runs_under_way(job)]:
            raise StackError(
                f"{self.stack.name} has runs under way, {', '.join(running)}: wait until they end,"
                " or stop them"
            )

    def buckets(self) -> tuple[list[str], list[str]]:
        """Return the buckets that a delete keeps, and those that it deletes."""
        outputs = self.stack.outputs()
        kept, lost = (
            [outputs[name] for name in names if name in outputs]
            for names in (_KEPT, _EMPTIED)
        )
        return kept, lost

    def delete(self, show: Show) -> None:
        """Delete the stacks, except for the buckets of raw and processed data."""
        _, lost = self.buckets()
        for bucket in lost:
            empty_bucket(bucket)
        for stack in self._all_stacks():
            if stack.is_there():
                show(f"{stack.name}: deleting")
                stack.delete()
                show(f"{stack.name}: done")

    def _all_stacks(self) -> list[Stack]:
        return [self._ingest, *map(self._stack_of, pipelines()), self.stack]

    def _stack_of(self, pipeline: Pipeline) -> Stack:
        return Stack(stack_name(self.env, pipeline.name))

    def _job(self, pipeline: Pipeline) -> str:
        return f"{self.stack.name}-{pipeline.job}"

    def _open_environment(self, request: Request, closing: ExitStack) -> PlannedStack:
        template = request.template(ENVIRONMENT_TEMPLATE)
        values = {**request.parameters, "Env": self.env}
        change_set = self.stack.change_set(template, values)
        return PlannedStack(
            self.stack, template, values, closing.enter_context(change_set)
        )

    def _open_pipelines(
        self, request: Request, closing: ExitStack, folder: str
    ) -> list[PlannedStack]:
        bucket = self.stack.outputs().get("ScriptsBucket")
        place = join(f"s3://{bucket}", folder) if bucket else None
        opened = []
        for pipeline in pipelines():
            stack = self._stack_of(pipeline)
            template = request.template(template_path(pipeline.name), place)
            release = self._release(request, pipeline)
            values = self._values(request, release)
            change_set = closing.enter_context(stack.change_set(template, values))
            running = None if change_set.is_new else release
            opened.append(PlannedStack(stack, template, values, change_set, running))
        return opened

    def _open_ingest(self, request: Request, closing: ExitStack) -> list[PlannedStack]:
        """Open the stack of generated events, if there is one or its package is given."""
        if not (request.generator or self._ingest.is_there()):
            return []
        template = request.template(INGEST_TEMPLATE)
        values = self._values(request, None)
        if request.generator:
            values["GeneratorPackage"] = function_key(request.generator)
        change_set = closing.enter_context(self._ingest.change_set(template, values))
        return [PlannedStack(self._ingest, template, values, change_set)]

    def _release(self, request: Request, pipeline: Pipeline) -> str | None:
        """Return the release that a job runs or will run; None if the job was deleted."""
        stack = self._stack_of(pipeline)
        if stack.is_there():
            return running_release(self._job(pipeline))
        if not request.release:
            raise ArgumentError(
                f"--release: there is no stack {stack.name} yet; pass the release for its job"
            )
        return request.release

    def _values(self, request: Request, release: str | None) -> dict[str, str]:
        """Return the parameters of a pipeline: the environment's, the given ones, the release."""
        values = {**self.stack.parameters(), **request.parameters, "Env": self.env}
        if release:
            values["Release"] = release
        if request.function:
            values["FunctionPackage"] = function_key(request.function)
        return values

    def _upload(self, package: bytes) -> None:
        bucket = self.stack.outputs()["ScriptsBucket"]
        path = join(f"s3://{bucket}", function_key(package))
        storage_of(path).write(path, package)
