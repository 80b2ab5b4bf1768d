"""What a site sends to whoever helps from afar: one zip of text, with no secret, no sound and no visitor's word."""
