// docs/formats/openapi/network.json, inside the program.
        .section .rodata
        .global musubi_network_openapi_begin
        .global musubi_network_openapi_end
musubi_network_openapi_begin:
        .incbin "docs/formats/openapi/network.json"
musubi_network_openapi_end:
        .section .note.GNU-stack, "", @progbits
