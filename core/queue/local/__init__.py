"""Jobs as processes of this machine: started, found again, ended, and given a device in turn."""
