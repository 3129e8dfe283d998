import type { Command } from "commander";
import type { CloudFlags } from "./cloud-flags.ts";
import { openConsole } from "./console.ts";
import type { ImportModelFlags } from "./models/import.ts";
import type { OutputFlags } from "./output-flags.ts";

type Flags = CloudFlags & OutputFlags;

/** `backstitch models …`: trained models that strategies ask. */
export function addModelCommands(program: Command): void {
  const models = program.command("models").description("import, ls, show, verify, rm: trained models as ONNX bundles");

  models
    .command("import <folder>")
    .description("check a bundle (model.onnx, metadata.json, features.json, golden.json) and store it")
    .option("--name <name>", "the name under which specs find it (default: the one in its metadata.json)")
    .addHelpText("after", importHelp)
    .action(async (folder: string, _own, command: Command) => {
      const flags = command.optsWithGlobals<ImportModelFlags & OutputFlags>();
      const { importModel } = await import("./models/import.ts");
      process.exitCode = await importModel(folder, flags, openConsole(flags));
    });

  models
    .command("ls")
    .description("list the models")
    .action(async (_own, command: Command) => {
      const flags = command.optsWithGlobals<Flags>();
      const { listImported } = await import("./models/ls.ts");
      process.exitCode = await listImported(flags, openConsole(flags));
    });

  models
    .command("show <model>")
    .description("show what a model takes and gives, its features in their order, and what it was trained on")
    .action(async (model: string, _own, command: Command) => {
      const flags = command.optsWithGlobals<Flags>();
      const { showModel } = await import("./models/show.ts");
      process.exitCode = await showModel(model, flags, openConsole(flags));
    });

  models
    .command("verify [model]")
    .description("check a model again and compute its golden vectors on this machine; all models when none is named")
    .action(async (model: string | undefined, _own, command: Command) => {
      const flags = command.optsWithGlobals<Flags>();
      const { verifyModels } = await import("./models/verify.ts");
      process.exitCode = await verifyModels(model, flags, openConsole(flags));
    });

  models
    .command("rm <names...>")
    .description("take names away; the files stay while runs refer to them, then `checkpoints gc` frees them")
    .action(async (names: readonly string[], _own, command: Command) => {
      const flags = command.optsWithGlobals<Flags>();
      const { removeModels } = await import("./models/rm.ts");
      process.exitCode = await removeModels(names, flags, openConsole(flags));
    });
}

const importHelp = `
Everything in the bundle is checked before anything is stored: docs/MODELS.md says what. A name that
exists means the new bundle from then on; runs keep the one that they were started with.

Examples:
  backstitch models import trend-bundle/
  backstitch models import trend-bundle/ --name trend
  backstitch run trend.yaml --set strategy.params.model=trend`;
