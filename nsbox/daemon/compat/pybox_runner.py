# Runs main.py with the input's variables and writes its variable "result" as JSON.
import json
import sys
import traceback


def _run():
    with open("/workspace/.pybox/input.json", encoding="utf-8") as f:
        variables = json.load(f)
    with open("/workspace/main.py", encoding="utf-8") as f:
        source = f.read()
    variables["__name__"] = "__main__"
    variables["__file__"] = "/workspace/main.py"
    variables.setdefault("result", None)
    try:
        exec(compile(source, "/workspace/main.py", "exec"), variables)
    except SystemExit as e:
        if e.code not in (None, 0):
            raise
    except BaseException as e:
        # Our own frame is no part of the user's program.
        e.__traceback__ = e.__traceback__.tb_next
        traceback.print_exception(e)
        sys.exit(1)
    try:
        text = json.dumps(variables["result"], allow_nan=False)
    except (TypeError, ValueError, RecursionError) as e:
        print(f"the variable result can't be written as JSON: {e}", file=sys.stderr)
        sys.exit(1)
    with open("/workspace/.pybox/result.json", "w", encoding="utf-8") as f:
        f.write(text)


_run()
