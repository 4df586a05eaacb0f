"""What persons decide about UTM data: asked for, previewed, confirmed, undone, and checked."""
