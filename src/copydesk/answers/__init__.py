"""The learner's answers: small JSON files that are on disk before anybody says "saved"."""

from copydesk.answers.file import AnswerFile
from copydesk.answers.form import Record, Try
from copydesk.answers.place import folder, where

__all__ = ["AnswerFile", "Record", "Try", "folder", "where"]
