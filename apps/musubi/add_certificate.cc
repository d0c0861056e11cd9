// Registers `musubi certificate ...`.

#include "certificate_commands.h"
#include "command_line.h"

namespace musubi::apps {

void CommandLine::AddCertificate() {
  CLI::App* group = AddGroup("certificate", "Electronic certificates, at the authority's machine");
  const auto authority = [](auto& command) {
    command.app
        ->add_option("--authority", command.options->authority_folder, "Folder of the authority")
        ->required()
        ->type_name("DIR");
  };
  const auto issuing = [](auto& command) {
    command.app->add_option("--id", command.options->id, "Id of the node: terminal-133033")
        ->required();
    command.app->add_option("--out", command.options->out_folder, "Where node.pem and node.key go")
        ->required()
        ->type_name("DIR");
    command.app->add_option("--host", command.options->host, "Its name or address (this machine)");
    command.app->add_option("--days", command.options->days, "How long it is valid (730)");
  };

  auto issue = Add(group, "issue", "A key and certificate for a new node", &CertificateIssue);
  authority(issue);
  issuing(issue);

  auto renew = Add(group, "renew", "A new pair beside the old one", &CertificateRenew);
  authority(renew);
  issuing(renew);

  auto revoke = Add(group, "revoke", "Revoke, effective at the next check", &CertificateRevoke);
  authority(revoke);
  auto* id = revoke.app->add_option("--id", revoke.options->id, "Every living one of this node");
  revoke.app->add_option("--serial", revoke.options->serial, "This one only")->excludes(id);

  auto list =
      Add(group, "list", "What was issued, until when, and what is revoked", &CertificateList);
  authority(list);
  Json(list.app, list.options->json);

  auto refresh =
      Add(group, "refresh", "Write a fresh revocation list, good for 30 days", &CertificateRefresh);
  authority(refresh);
}

}  // namespace musubi::apps
