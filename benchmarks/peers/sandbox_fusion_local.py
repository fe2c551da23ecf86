"""How SandboxFusion runs Python without its container: a file in a new directory, a shell, an interpreter.

Its server is asynchronous; what it does for one program is here, between the request and the reply. With
`isolation: none`, as its local configuration has it, nothing else is put around the program.
"""

import asyncio
import contextlib
import os
import sys
import tempfile


def run(code, stdin="", seconds=10.0):
    """Run a program; return its exit code and output, or None for the code of one that took too long."""
    return asyncio.run(_run(code, stdin, seconds))


async def _run(code, stdin, seconds):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        with tempfile.NamedTemporaryFile(mode="w", dir=directory, suffix=".py", delete=False) as file:
            file.write(code)
        process = await asyncio.create_subprocess_shell(
            f"{sys.executable} {file.name}",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=directory,
            executable="/bin/bash",
            env=dict(os.environ),
        )
        try:
            output, _ = await asyncio.wait_for(process.communicate(stdin.encode()), seconds)
        except asyncio.TimeoutError:
            return None, b""
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        return process.returncode, output
