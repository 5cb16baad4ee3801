"""Files that people hand in: what they really are, what must not be in them, and the text they hold.

Pure: bytes in, an answer out. What a hostile file could do to a reader happens in a child process with limits.
"""

from concord.documents.files.check import FileRefused, check_file, download_name
from concord.documents.files.kinds import KINDS, FileKind
from concord.documents.files.text import text_of

__all__ = ["KINDS", "FileKind", "FileRefused", "check_file", "download_name", "text_of"]
