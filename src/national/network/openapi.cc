// The same text as docs/formats/openapi/network.json; a test holds them equal.
#include "national/network/routes.h"

namespace musubi::national::network {

std::string_view OpenApiDocument() {
  return R"json({
 "openapi": "3.1.0",
 "info": {
  "title": "network: 情報提供ネットワークシステム",
  "version": "1",
  "description": "Stand-in. Hands out processing numbers, links them to residents, keeps the codes until the hub has fetched them."
 },
 "paths": {
  "/v1/processing-numbers": {
   "post": {
    "summary": "A block of processing numbers",
    "description": "Caller: hub.",
    "parameters": [
     {
      "$ref": "#/components/parameters/IdempotencyKey"
     }
    ],
    "requestBody": {
     "required": true,
     "content": {
      "application/json": {
       "schema": {
        "type": "object",
        "required": [
         "count"
        ],
        "properties": {
         "count": {
          "type": "integer",
          "minimum": 1,
          "maximum": 100000
         }
        }
       }
      }
     }
    },
    "responses": {
     "200": {
      "description": "The numbers",
      "content": {
       "text/csv": {
        "schema": {
         "$ref": "#/components/schemas/Numbers"
        }
       }
      },
      "headers": {
       "x-block": {
        "description": "Id of the block",
        "schema": {
         "type": "string"
        }
       },
       "x-expires": {
        "description": "No links from then on",
        "schema": {
         "type": "string",
         "format": "date-time"
        }
       }
      }
     },
     "400": {
      "$ref": "#/components/responses/Problem"
     },
     "403": {
      "$ref": "#/components/responses/Problem"
     },
     "503": {
      "$ref": "#/components/responses/Problem"
     }
    }
   }
  },
  "/v1/links": {
   "post": {
    "summary": "Links numbers to residents",
    "description": "Caller: jlis. A number is used once: another request that names it is told reused.",
    "parameters": [
     {
      "$ref": "#/components/parameters/IdempotencyKey"
     }
    ],
    "requestBody": {
     "required": true,
     "content": {
      "text/csv": {
       "schema": {
        "$ref": "#/components/schemas/LinkRows"
       }
      }
     }
    },
    "responses": {
     "200": {
      "description": "One line per line, same order",
      "content": {
       "text/csv": {
        "schema": {
         "$ref": "#/components/schemas/LinkOutcomes"
        }
       }
      }
     },
     "400": {
      "$ref": "#/components/responses/Problem"
     },
     "403": {
      "$ref": "#/components/responses/Problem"
     },
     "413": {
      "$ref": "#/components/responses/Problem"
     },
     "503": {
      "$ref": "#/components/responses/Problem"
     }
    }
   }
  },
  "/v1/codes": {
   "post": {
    "summary": "The codes linked so far, in the order of the block",
    "description": "Caller: the hub the block was issued to. 412 once they were acknowledged or ran out.",
    "requestBody": {
     "required": true,
     "content": {
      "application/json": {
       "schema": {
        "type": "object",
        "required": [
         "block"
        ],
        "properties": {
         "block": {
          "type": "string",
          "pattern": "^[0-9a-f]{16}$"
         }
        }
       }
      }
     }
    },
    "responses": {
     "200": {
      "description": "The codes",
      "content": {
       "text/csv": {
        "schema": {
         "$ref": "#/components/schemas/Codes"
        }
       }
      }
     },
     "400": {
      "$ref": "#/components/responses/Problem"
     },
     "403": {
      "$ref": "#/components/responses/Problem"
     },
     "404": {
      "$ref": "#/components/responses/Problem"
     },
     "412": {
      "$ref": "#/components/responses/Problem"
     },
     "503": {
      "$ref": "#/components/responses/Problem"
     }
    }
   }
  },
  "/v1/codes/acknowledge": {
   "post": {
    "summary": "The hub has stored the codes; the network erases them",
    "description": "Caller: the hub the block was issued to. May be repeated. 412 when the codes ran out before.",
    "requestBody": {
     "required": true,
     "content": {
      "application/json": {
       "schema": {
        "type": "object",
        "required": [
         "block"
        ],
        "properties": {
         "block": {
          "type": "string",
          "pattern": "^[0-9a-f]{16}$"
         }
        }
       }
      }
     }
    },
    "responses": {
     "200": {
      "description": "Erased",
      "content": {
       "application/json": {
        "schema": {
         "type": "object"
        }
       }
      }
     },
     "400": {
      "$ref": "#/components/responses/Problem"
     },
     "403": {
      "$ref": "#/components/responses/Problem"
     },
     "404": {
      "$ref": "#/components/responses/Problem"
     },
     "412": {
      "$ref": "#/components/responses/Problem"
     },
     "503": {
      "$ref": "#/components/responses/Problem"
     }
    }
   }
  }
 },
 "components": {
  "schemas": {
   "Numbers": {
    "type": "string",
    "description": "<processing number>. Lines end in CRLF; no heading.",
    "examples": [
     "00112233445566778899aabbccddeeff\r\n"
    ]
   },
   "LinkRows": {
    "type": "string",
    "description": "<processing number>,<resident record code, 11 digits>; at most 100000. Lines end in CRLF; no heading.",
    "examples": [
     "00112233445566778899aabbccddeeff,<11 digits>\r\n"
    ]
   },
   "LinkOutcomes": {
    "type": "string",
    "description": "<processing number>,<linked | expired | unknown | reused>. Lines end in CRLF; no heading.",
    "examples": [
     "00112233445566778899aabbccddeeff,linked\r\n"
    ]
   },
   "Codes": {
    "type": "string",
    "description": "<processing number>,<linkage code>, 32 hex digits each. Lines end in CRLF; no heading.",
    "examples": [
     "00112233445566778899aabbccddeeff,ffeeddccbbaa99887766554433221100\r\n"
    ]
   },
   "Problem": {
    "type": "object",
    "required": [
     "type",
     "title",
     "status"
    ],
    "properties": {
     "type": {
      "type": "string",
      "pattern": "^urn:musubi:problem:"
     },
     "title": {
      "type": "string"
     },
     "status": {
      "type": "integer"
     },
     "detail": {
      "type": "string"
     },
     "advice": {
      "type": "string"
     }
    }
   }
  },
  "parameters": {
   "IdempotencyKey": {
    "name": "Idempotency-Key",
    "in": "header",
    "required": true,
    "description": "The same key with the same body gets the same answer",
    "schema": {
     "type": "string",
     "minLength": 1,
     "maxLength": 200
    }
   }
  },
  "responses": {
   "Problem": {
    "description": "An RFC 9457 problem document: a place, never a value",
    "content": {
     "application/problem+json": {
      "schema": {
       "$ref": "#/components/schemas/Problem"
      }
     }
    }
   }
  },
  "securitySchemes": {
   "mutualTLS": {
    "type": "mutualTLS"
   }
  }
 },
 "security": [
  {
   "mutualTLS": []
  }
 ]
}
)json";
}

}  // namespace musubi::national::network
