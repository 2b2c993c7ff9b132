"""The product's version, reported by every service."""

VERSION = "0.1.0"
