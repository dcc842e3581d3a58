"""Files of any shape, read with a profile that says which column is which of our fields."""

from unitledger.sources.files.opening import ProfiledFile, open_file
from unitledger.sources.files.profile import Profile, load_profile

__all__ = ["Profile", "ProfiledFile", "load_profile", "open_file"]
