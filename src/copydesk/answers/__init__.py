"""The learner's answers: small JSON files that are on disk before anybody says "saved"."""

from __future__ import annotations

from copydesk.answers.file import AnswerFile
from copydesk.answers.place import folder, where
from copydesk.answers.schema import Record, Try

__all__ = ["AnswerFile", "Record", "Try", "folder", "where"]
