// rules/record-layouts.toml, inside the program.
        .section .rodata
        .global musubi_record_layouts_begin
        .global musubi_record_layouts_end
musubi_record_layouts_begin:
        .incbin "rules/record-layouts.toml"
musubi_record_layouts_end:
        .section .note.GNU-stack, "", @progbits
