# SPDX-License-Identifier: Apache-2.0
"""Stands in for Zuul's zuul_return: notes each call as a line of $ZUUL_JOBDIR/returned.jsonl, and is as strict as Zuul."""
import json
import os

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        data = json.loads(json.dumps(self._task.args["data"]))
        for artifact in data["zuul"].get("artifacts", []):
            if not {"name", "url"} <= set(artifact) <= {"name", "url", "metadata"}:
                raise AnsibleActionFail("an artifact has name, url and metadata: %s" % artifact)
        if not all(isinstance(warning, str) for warning in data["zuul"].get("warnings", [])):
            raise AnsibleActionFail("warnings are strings")
        with open(os.path.join(os.environ["ZUUL_JOBDIR"], "returned.jsonl"), "a") as file:
            file.write(json.dumps(data) + "\n")
        return result
