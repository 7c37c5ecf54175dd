"""Vocabularies in and out of GGUF files that hold nothing else."""

from gguf import GGUFReader, GGUFWriter

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)


class Vocab:
    def __init__(self, path):
        fields = GGUFReader(path).fields
        get = lambda key: fields["tokenizer.ggml." + key].contents() if (
            "tokenizer.ggml." + key) in fields else None
        self.tokens, self.types = get("tokens"), get("token_type")
        self.merges, self.scores = get("merges"), get("scores")


def write(path, model, tokens, types, merges=None, scores=None, charsmap=None, **settings):
    writer = GGUFWriter(path, "llama")
    for add in (writer.add_context_length, writer.add_embedding_length, writer.add_block_count,
                writer.add_head_count, writer.add_feed_forward_length):
        add(1)  # llama.cpp asks for them even where it reads the vocabulary alone
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model(model)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    if merges is not None:
        writer.add_token_merges(merges)
    if scores is not None:
        writer.add_token_scores(scores)
    if charsmap:
        writer.add_precompiled_charsmap(charsmap)
    for key, value in settings.items():
        key = "tokenizer.ggml." + key
        if isinstance(value, bool):
            writer.add_bool(key, value)
        elif isinstance(value, int):
            writer.add_uint32(key, value)
        else:
            writer.add_string(key, value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def byte_symbols():
    """GPT-2's byte alphabet: byte -> character."""
    plain = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    table, shifted = {b: chr(b) for b in plain}, 0
    for b in range(256):
        if b not in table:
            table[b] = chr(256 + shifted)
            shifted += 1
    return table


def merges_of_ranks(ranks):
    """All merges of a tiktoken vocabulary {bytes: rank}, as Hugging Face's converter lists them."""
    symbols = byte_symbols()
    spell = lambda token: "".join(symbols[b] for b in token)
    merges = []
    for token, rank in ranks.items():
        halves = [(token[:i], token[i:]) for i in range(1, len(token))]
        halves = [(a, b) for a, b in halves if a in ranks and b in ranks]
        halves.sort(key=lambda pair: (ranks[pair[0]], ranks[pair[1]]))
        merges += [(rank, spell(a) + " " + spell(b)) for a, b in halves]
    merges.sort(key=lambda merge: merge[0])
    return [text for _, text in merges]
