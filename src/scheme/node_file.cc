#include "scheme/node_file.h"

#include <algorithm>

#include <fmt/format.h>

#include "scheme/layout.h"

namespace musubi::scheme {

namespace {

std::string_view TitleOf(std::string_view role) {
  if (role == "hub") {
    return "hub: 医療保険者等向け中間サーバー (intermediate server)";
  }
  if (role == "network") {
    return "network: 情報提供ネットワークシステム (information provision network), stand-in";
  }
  if (role == "jlis") {
    return "jlis: 住基ネット (resident network), stand-in";
  }
  if (role == "support") {
    return "support: 運用支援環境 (support environment), stand-in";
  }
  if (role == "insurer") {
    return "insurer: 既存システム (the association's own system)";
  }
  if (role == "institution") {
    return "institution: 他機関 (another institution of the network), stand-in";
  }
  if (role == "portal") {
    return "portal: 情報提供等記録開示システム (マイナポータル), stand-in";
  }
  if (role == "witness") {
    return "witness: remembers what the logs of the others have promised, and cosigns it";
  }
  return "terminal: 統合専用端末 (the integrated dedicated terminal)";
}

std::string Common(const NodeFile& file) {
  const std::string_view role = RoleOf(file.node);
  std::string text = fmt::format(
      "# {0}\n"
      "# Relative paths start at the folder of this file. Unknown keys are refused.\n\n"
      "[node]\n"
      "id = \"{1}\"  # the name in the certificate\n"
      "folder = \"{1}\"  # everything this node keeps\n"
      "mode = \"test\"  # live | test: stands in every package; the two never mix\n",
      TitleOf(role),
      file.node
  );
  if (IsServing(role)) {
    text += fmt::format("listen = \"127.0.0.1:{}\"\n", PortOf(file.node, file.base_port));
    text += fmt::format("log = \"{0}/{0}.log\"  # one JSON record a line\n", file.node);
  }
  if (HasStore(file.node)) {
    text += fmt::format(
        "store = \"{}\"  # sqlite:PATH or postgresql://...\n",
        file.store.empty() ? fmt::format("sqlite:{0}/{0}.db", file.node)
                           : StoreUrlOf(file.node, file.store)
    );
  }
  text += fmt::format(
      "\n[tls]\n"
      "certificate = \"{0}/node.pem\"\n"
      "key = \"{0}/node.key\"\n"
      "authority = \"authority/authority.pem\"\n"
      "crl = \"authority/crl.pem\"  # read again whenever it changes\n",
      file.node
  );
  return text;
}

std::string Peer(std::string_view node, std::uint16_t base_port) {
  return fmt::format("\n[peers.{0}]\naddress = \"127.0.0.1:{1}\"\n", node, PortOf(node, base_port));
}

// Everybody whom the directory names as serving an institution.
std::string Network(const NodeFile& file) {
  std::string text;
  for (const std::string& node : ServingNodesOfScheme()) {
    const std::string_view role = RoleOf(node);
    if (role == "hub" || role == "institution" || role == "portal") {
      text += Peer(node, file.base_port);
    }
  }
  return text +
         "\n[network]\n"
         "processing_number_minutes = 60  # how long a 処理通番 may be used\n"
         "institutions = \"network/institutions.csv\"  # who may ask and be asked\n";
}

std::string OtherInstitution(const NodeFile& file) {
  const auto* const found = std::ranges::find(kInstitutions, NameOf(file.node), &Institution::name);
  std::string kinds(found == kInstitutions.end() ? "municipality" : found->kinds);
  for (std::size_t at = kinds.find(' '); at != std::string::npos; at = kinds.find(' ', at + 1)) {
    kinds.replace(at, 1, "\", \"");
    at += 3;
  }
  return Peer("network", file.base_port) +
         fmt::format(
             "\n[institution]\n"
             "id = \"{0}\"  # in the network's directory\n"
             "kinds = [\"{1}\"]  # as in rules/permission\n"
             "name = \"{2}\"\n"
             "records = \"{0}/records.csv\"  # read again when it changes\n",
             file.node,
             kinds,
             found == kInstitutions.end() ? "" : found->japanese
         );
}

std::string Portal(const NodeFile& file) {
  return Peer("network", file.base_port) +
         "\n[portal]\n"
         "accounts = \"portal/accounts.csv\"  # account,resident_record_code\n"
         "network_log_key = \"network/log.vkey\"  # whose log proves that a list is complete\n";
}

std::string Hub(const NodeFile& file) {
  return Peer("network", file.base_port) + Peer("support", file.base_port) +
         "\n[hub]\n"
         "chunk_rows = 20000  # people asked for in one call to the national side\n"
         "acquisition_threads = 2\n"
         "patience_s = 600  # how long a row waits for the national side before it is \"busy\"\n"
         "rows_max = 10000000  # of one number list\n";
}

// Has this node a log that a witness watches?
bool HasLog(std::string_view role) {
  return role == "hub" || role == "network" || role == "institution" || role == "portal";
}

std::string Ledger() {
  return fmt::format(
      "\n[ledger]\n"
      "witnesses = [\"{}/witness.vkey\"]  # whose cosignatures of this node's log count\n",
      kWitness
  );
}

std::string Witness(const NodeFile& file) {
  std::string text;
  std::string logs;
  std::string keys;
  for (const std::string& node : ServingNodesOfScheme()) {
    if (HasLog(RoleOf(node))) {
      text += Peer(node, file.base_port);
      const std::string_view separator = logs.empty() ? "" : ", ";
      logs += fmt::format("{}\"{}\"", separator, node);
      keys += fmt::format("{}\"{}/log.vkey\"", separator, node);
    }
  }
  return text + fmt::format(
                    "\n[witness]\n"
                    "logs = [{}]\n"
                    "keys = [{}]  # of the logs, in the same order\n",
                    logs,
                    keys
                );
}

std::string Insurer(const NodeFile& file) {
  return Peer("support", file.base_port) +
         fmt::format(
             "\n[insurer]\n"
             "number = \"{0}\"  # 保険者番号\n"
             "terminal_certificate = \"terminal-{0}/node.pem\"  # number lists are sealed to it\n"
             "\n[vault]  # what wraps the keys of the Individual Numbers\n"
             "key_file = \"insurer-{0}/vault.key\"\n"
             "passphrase_file = \"insurer-{0}/vault.pass\"\n"
             "# or a PKCS#11 token:\n"
             "# token_module = \"/usr/lib/softhsm/libsofthsm2.so\"\n"
             "# token_label = \"musubi\"\n"
             "# key_label = \"musubi-{0}\"\n"
             "# pin_file = \"insurer-{0}/token.pin\"\n",
             NameOf(file.node)
         );
}

}  // namespace

bool HasStore(std::string_view node) {
  const std::string_view role = RoleOf(node);
  return role == "hub" || role == "network" || role == "insurer" || role == "institution" ||
         role == "portal";
}

std::string SchemaOf(std::string_view node) {
  std::string schema(node);
  std::replace(schema.begin(), schema.end(), '-', '_');
  return schema;
}

std::string StoreUrlOf(std::string_view node, std::string_view url) {
  const char separator = url.find('?') == std::string_view::npos ? '?' : '&';
  return fmt::format("{}{}options=-csearch_path%3D{}", url, separator, SchemaOf(node));
}

std::string NodeFileText(const NodeFile& file) {
  const std::string_view role = RoleOf(file.node);
  std::string text = Common(file);
  if (role == "hub") {
    text += Hub(file);
  } else if (role == "network") {
    text += Network(file);
  } else if (role == "jlis") {
    text += Peer("network", file.base_port);
    text += fmt::format("\n[jlis]\nresidents = \"{}\"  # CSV, plain or gzip\n", file.residents);
  } else if (role == "support") {
    text += Peer("jlis", file.base_port);
  } else if (role == "insurer") {
    text += Insurer(file);
  } else if (role == "institution") {
    text += OtherInstitution(file);
  } else if (role == "portal") {
    text += Portal(file);
  } else if (role == "witness") {
    text += Witness(file);
  } else {
    text += Peer("hub", file.base_port);
    text += fmt::format(
        "\n[terminal]\n"
        "insurer = \"{}\"\n"
        "patience_s = 600  # how long the hub may be away before a transfer gives up\n",
        NameOf(file.node)
    );
  }
  if (HasLog(role)) {
    text += Ledger();
  }
  return text;
}

}  // namespace musubi::scheme
