"""Files of any shape, read with a profile that says which column is which of our fields."""

from unitledger.sources.files.opening import ProfiledFile, open_file
from unitledger.sources.files.profile import Profile, load_profile, parse_profile
from unitledger.sources.files.refused import RefusedWriter

__all__ = [
    "Profile",
    "ProfiledFile",
    "RefusedWriter",
    "load_profile",
    "open_file",
    "parse_profile",
]
