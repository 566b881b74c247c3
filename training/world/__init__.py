"""The generated world of flat illustrations: vocabulary, scenes, renderer, language, evaluation set."""
