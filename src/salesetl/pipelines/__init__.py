"""The pipelines, each declared in a folder: contracts, transforms, and the pipeline itself."""
