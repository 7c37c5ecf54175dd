// node witness.mjs KIND TEXTS.json IDS.json [MODEL.gguf]
// Encodes {"texts": [...]} with an independent tokenizer and writes {"ids": [[...]], ...}.
// KIND: llama3 (also writes the vocabulary it holds) | llama.cpp
import fs from "node:fs";

const [kind, textsPath, idsPath, modelPath] = process.argv.slice(2);
const {texts} = JSON.parse(fs.readFileSync(textsPath, "utf8"));

async function llama3() {
  const {default: tokenizer} = await import("llama3-tokenizer-js");
  const options = {bos: false, eos: false};
  const merges = [...tokenizer.merges.keys()];
  return {ids: texts.map((t) => [...tokenizer.encode(t, options)]), tokens: tokenizer.vocabById,
          merges, first_special: 128000};
}

async function llamaCpp() {
  const {getLlama, LlamaLogLevel} = await import("node-llama-cpp");
  const llama = await getLlama({gpu: false, logLevel: LlamaLogLevel.error, build: "never"});
  const model = await llama.loadModel({modelPath, vocabOnly: true});
  return {ids: texts.map((t) => [...model.tokenize(t, false)])};
}

const result = await {llama3, "llama.cpp": llamaCpp}[kind]();
fs.writeFileSync(idsPath, JSON.stringify(result));
process.exit(0);
