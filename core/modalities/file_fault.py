"""Why a file of an example cannot be used, whatever its modality."""


class FileFault(Exception):  # noqa: N818 - it is the reason against a row, not a defect
    """Why a file is set aside."""
