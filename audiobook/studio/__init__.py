"""The studio: a page on this machine on which a person hears and corrects what will be read."""
