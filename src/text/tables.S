// The files of data/ that normal forms need, as they are, between two symbols each. Paths begin at the
// root of the repository.
    .section .rodata

    .global musubi_kanji_variants_begin
    .global musubi_kanji_variants_end
musubi_kanji_variants_begin:
    .incbin "data/kanji_variants.tsv"
musubi_kanji_variants_end:

    .global musubi_municipalities_begin
    .global musubi_municipalities_end
musubi_municipalities_begin:
    .incbin "data/municipalities.tsv"
musubi_municipalities_end:

    .section .note.GNU-stack, "", @progbits
