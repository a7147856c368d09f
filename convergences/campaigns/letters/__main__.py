"""Draw the letters that come by the standard input: `apart` starts this and nobody else does."""

import sys

from convergences.campaigns.letters.apart import drawn

if __name__ == "__main__":
    sys.stdout.buffer.write(drawn(sys.stdin.buffer.read()))
