"""Selftok checkpoints: whether a pack does what the authors' modules do, and the names and shapes of the released size.

    SELFTOK_CHECKOUT=path/to/SelftokTokenizer python3 -m unittest training.tests.test_convert_selftok

With SELFTOK_PACK the tiny pack is left in that folder, for `PARITY_PACK=… npx vitest run tests/parity`.
"""
import copy
import importlib.util
import json
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import torch
from torch import nn

from training.convert import graph_file, sd3_vae, selftok, selftok_modules
from training.convert.checkpoint_file import WrongCheckpoint
from training.tests import test_convert_half, test_speed

CHECKOUT = os.environ.get("SELFTOK_CHECKOUT")
KEPT = os.environ.get("SELFTOK_PACK")
SIDE, COUNT, CODES = 64, 32, 64
TINY = dict(
    image_size=SIDE, k=COUNT, stages="200,400,600,800,1000", k_per_stage="12,10,5,3,2", in_channels=16, encoder_hidden_size=16, ema_enc=False,
    enc_decay=0.99, L2_lr=0.0, diffusion_type="flow", enc="Enc-Qformer-Uni-tiny/2", model="MMDiT_tiny", enable_enc_variable_size=True,
    noise_schedule_config=dict(schedule="log_norm", parameterization="velocity", force_recon=False, m=0.0, s=1.0),
    encoder_config=dict(time_adaln=True, qformer_mode="dual", pre_norm=False, post_norm=True, xavier_init=False, qk_norm=False, attn_mask=False),
    quantizer_config=dict(codebook_size=CODES, code_dim=16, w_diversity=1.0, w_commit=1.0, smart_react=True, K=COUNT, continuous=False),
    decoder_config=dict(sd3_cond_pooling="None", class_dropout_prob=0.1, train_filter="all", freeze_filter="", init_method="None", time_adaln="pos_emb"))
RENDERER = {**TINY, "model": "MMDiT_tiny_Renderer", "stages": "1000", "k_per_stage": str(COUNT),
            "decoder_config": {**TINY["decoder_config"], "repeat": True, "class_dropout_prob": 0.0}}


class Schedules(unittest.TestCase):
    def test_tokens_come_as_in_their_mask(self):
        schedule = selftok.schedule_of({"stages": "200,400,600,800,1000", "k_per_stage": "192,184,72,48,16"})
        found = [selftok.visible_at(schedule, t) for t in (0, 0.001, 0.2, 0.201, 0.5, 0.98, 0.9999, 1)]
        # floor(slope · (⌊1000 t⌋ - low)) + base + 1, by hand
        self.assertEqual(found, [1, 1, 193, 193, 413, 511, 512, 512])


class Autoencoder(unittest.TestCase):
    def test_both_ways_of_naming_are_one(self):
        for theirs, published in (("encoder.down_blocks.2.resnets.1.conv_shortcut.weight", "encoder.down.2.block.1.nin_shortcut.weight"),
                                  ("encoder.down_blocks.0.downsamplers.0.conv.bias", "encoder.down.0.downsample.conv.bias"),
                                  ("decoder.up_blocks.0.resnets.2.norm1.weight", "decoder.up.3.block.2.norm1.weight"),
                                  ("decoder.up_blocks.2.upsamplers.0.conv.weight", "decoder.up.1.upsample.conv.weight"),
                                  ("decoder.mid_block.attentions.0.to_out.0.weight", "decoder.mid.attn_1.proj_out.weight"),
                                  ("encoder.mid_block.attentions.0.group_norm.bias", "encoder.mid.attn_1.norm.bias"),
                                  ("encoder.mid_block.resnets.1.conv2.weight", "encoder.mid.block_2.conv2.weight"),
                                  ("decoder.conv_norm_out.weight", "decoder.norm_out.weight"), ("encoder.conv_in.bias", "encoder.conv_in.bias")):
            self.assertEqual(sd3_vae.by_published_name(theirs), published)

    def test_a_folder_without_one_is_told(self):
        with tempfile.TemporaryDirectory() as folder, self.assertRaises(WrongCheckpoint) as raised:
            sd3_vae.file_of(folder)
        self.assertIn("holds no autoencoder", str(raised.exception))


@unittest.skipUnless(CHECKOUT, "SELFTOK_CHECKOUT names no checkout of the authors' repository")
class Selftok(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        torch.set_num_threads(1)
        cls.theirs = selftok_modules.official(CHECKOUT)
        zoo, sizes = cls.theirs.zoo, dict(hidden_size=16, num_heads=2, depth=2, query_dim=32, query_heads=4, patch_size=2, bidirectional=False)
        zoo.Enc_models[TINY["enc"]] = lambda **facts: zoo.QformerEncoder(**sizes, **facts)
        for name, make in (("MMDiT_tiny", zoo.MMDiT), ("MMDiT_tiny_Renderer", zoo.MMDiT_Renderer)):
            zoo.DiT_models[name] = lambda make=make, **facts: make(
                pos_embed_max_size=12, num_patches=144, patch_size=2, depth=2, adm_in_channels=16, device="cpu", dtype=torch.float,
                context_embedder_config={"target": "torch.nn.Linear", "params": {"in_features": 16, "out_features": 128}}, **facts)

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name)
        torch.manual_seed(0)
        with selftok_modules.without_cuda():
            self.tokenizer = randomised(self.theirs.tokenizer(**copy.deepcopy(TINY)))
            self.renderer = randomised(self.theirs.renderer(**copy.deepcopy(RENDERER)))
        self.renderer.encoder.load_state_dict(self.tokenizer.encoder.state_dict())
        vae = nn.ModuleDict({"encoder": self.theirs.vae_encoder(ch=32), "decoder": self.theirs.vae_decoder(ch=32)})
        for value in vae.state_dict().values():
            value.add_(torch.randn(value.shape) * 0.02)  # its norms begin at one and zero
        for name, one, params in (("tokenizer", self.tokenizer, TINY), ("renderer", self.renderer, RENDERER)):
            self.yaml(name, params)
            torch.save(one.state_dict(), self.path / f"{name}.pth")
        torch.save({f"first_stage_model.{name}": value for name, value in vae.state_dict().items()} | {"model.other": torch.ones(1)}, self.path / "sd3.pt")

    def yaml(self, name, params):
        import yaml
        (self.path / f"{name}.yml").write_text(yaml.safe_dump({"tokenizer": {"params": params}}))

    def convert(self, out, checkpoint="tokenizer", yaml="tokenizer", renderer=True, precision="fp32"):
        named = ["--renderer", str(self.path / "renderer.pth"), "--renderer-yaml", str(self.path / "renderer.yml")] if renderer else []
        selftok.main([*self.arguments(out, checkpoint, yaml), "--precision", precision, "--verify", *named])

    def arguments(self, out, checkpoint="tokenizer", yaml="tokenizer"):
        return ["--checkout", CHECKOUT, "--checkpoint", str(self.path / f"{checkpoint}.pth"), "--yaml", str(self.path / f"{yaml}.yml"),
                "--vae", str(self.path / "sd3.pt"), "--out", str(out)]

    def refused(self, words, **what):
        with self.assertRaises(WrongCheckpoint) as raised:
            self.convert(self.path / "wrong", **what)
        self.assertIn(words, str(raised.exception))
        self.assertFalse([path for path in self.path.iterdir() if path.is_dir()])

    def test_the_pack_does_what_the_modules_do(self):
        pack = Path(KEPT) if KEPT else self.path / "pack"
        self.convert(pack)
        tokens = torch.frombuffer(bytearray((pack / "golden" / "tokens.bin").read_bytes()), dtype=torch.int64).view(3, COUNT)
        self.assertGreater(len(tokens.unique()), CODES // 4)
        self.assertTrue(all((tokens[one] != tokens[other]).sum() > COUNT // 4 for one, other in ((0, 1), (0, 2), (1, 2))), tokens)
        self.assertTrue((pack / "renderer.onnx").is_file() and (pack / "LICENSE").is_file())
        test_speed.assert_runtimes_agree(self, pack, ["selftok", *self.arguments(pack)])

    def test_with_halves_the_pack_is_as_large_as_half_and_does_nearly_what_the_modules_do(self):
        whole, half = self.path / "whole", self.path / "half"
        self.convert(whole)
        self.convert(half, precision="fp16")
        for graph in whole.glob("*.onnx"):
            test_convert_half.assert_halved(self, graph, half / graph.name)
        sizes = [sum(graph.stat().st_size for graph in pack.glob("*.onnx")) for pack in (whole, half)]
        self.assertLess(sizes[1], 0.6 * sizes[0])
        for pack, tolerance, words in ((whole, 1e-3, "float32"), (half, 2e-2, "float16 weights and products; float32 between them")):
            self.assertEqual(json.loads((pack / "golden" / "golden.json").read_text())["tolerance"], tolerance)
            self.assertEqual(json.loads((pack / "pack.json").read_text())["precision"], words)

    def test_tokens_come_as_in_their_mask(self):
        from mimogpt.models.selftok.diti_utils import DiTi_cont
        for stages, shares in (("200,400,600,800,1000", "192,184,72,48,16"), (TINY["stages"], TINY["k_per_stage"]), ("1000", "512")):
            schedule = selftok.schedule_of({"stages": stages, "k_per_stage": shares})
            count = sum(schedule["tokensPerStage"])
            theirs = DiTi_cont(1000, count, stages, shares).to_indices(torch.arange(1001)) + 1
            self.assertEqual([selftok.visible_at(schedule, step / 1000) for step in range(1001)], theirs.tolist())

    @unittest.skipUnless(importlib.util.find_spec("diffusers"), "diffusers is not installed")
    def test_the_autoencoder_in_the_folder_of_diffusers(self):
        from diffusers import AutoencoderKL
        kinds = dict(down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=2)
        vae = AutoencoderKL(**kinds, block_out_channels=(32, 64, 128, 128), latent_channels=16, use_quant_conv=False, use_post_quant_conv=False).eval()
        vae.save_pretrained(self.path / "sd3" / "vae")
        found = sd3_vae.load_vae(self.path / "sd3", self.theirs.vae_encoder, self.theirs.vae_decoder)
        image = torch.rand(2, 3, SIDE, SIDE) * 2 - 1
        with torch.no_grad():
            latent = vae.encode(image, return_dict=False)[0].mode()
            self.assertLess((sd3_vae.LatentEncoder(found)(image) - latent).abs().max().item(), 1e-4)
            self.assertLess((sd3_vae.LatentDecoder(found)(latent) - vae.decode(latent, return_dict=False)[0]).abs().max().item(), 1e-4)

    def test_weights_beside_a_graph(self):
        with mock.patch.object(graph_file, "LARGEST", 100_000):
            self.convert(self.path / "pack", renderer=False)
        self.assertEqual(sorted(path.name for path in (self.path / "pack").iterdir() if path.suffix == ".data"),
                         ["decoder.onnx.data", "encoder.onnx.data", "vae-decoder.onnx.data", "vae-encoder.onnx.data"])

    def test_what_does_not_belong_together(self):
        self.refused("is the configuration of a renderer", yaml="renderer")
        self.yaml("longer", {**TINY, "k": 64, "k_per_stage": "24,20,10,6,4"})
        self.refused("encoder.query_tokens is [1, 32, 32], not [1, 64, 32]", yaml="longer")
        self.yaml("cloudy", {**TINY, "noise_schedule_config": {**TINY["noise_schedule_config"], "parameterization": "x0"}})
        self.refused("noise_schedule_config.parameterization", yaml="cloudy")
        self.yaml("nowhere", {**TINY, "enc": "Enc-Qformer-nowhere"})
        self.refused("make no model of this configuration (KeyError: 'Enc-Qformer-nowhere')", yaml="nowhere")
        self.refused("not known: model.mask_token", checkpoint="renderer")
        self.renderer.encoder.quantizer._codebook.embed.mul_(-1)
        torch.save(self.renderer.state_dict(), self.path / "renderer.pth")
        self.refused("belongs to another tokenizer")
        self.tokenizer.encoder.quantizer._codebook.initted.zero_()
        torch.save(self.tokenizer.state_dict(), self.path / "tokenizer.pth")
        self.refused("has no codebook yet")

    def test_names_and_shapes_of_the_released_size(self):
        configs = Path(CHECKOUT) / "configs"
        params = selftok_modules.read_params(configs / "res256" / "256-eval.yml")
        built = selftok_modules.build(self.theirs.tokenizer, params)
        shapes = {name: tuple(value.shape) for name, value in built.state_dict().items() if not name.startswith("diffusion.")}
        self.assertTrue(all(value.is_meta for value in built.state_dict().values() if value.numel() > 1))
        self.assertTrue(all(name.startswith(("encoder.", "model.")) for name in shapes))
        self.assertEqual({name: shapes[name] for name in expected_shapes()}, expected_shapes())
        weights = selftok.counts_of(model=built.model)["model"]
        self.assertEqual(round(weights / 1e6), 2085)
        with selftok_modules.OnMeta():
            vae = nn.ModuleDict({"encoder": self.theirs.vae_encoder(), "decoder": self.theirs.vae_decoder()}).eval()
            encoder = selftok_modules.Encoder(built.encoder, sd3_vae.LatentEncoder(vae), self.theirs.latents)
            tokens = encoder(torch.zeros(2, 3, 256, 256))
            x, t = torch.zeros(2, 16, 32, 32), torch.zeros(2)
            velocity = selftok_modules.Decoder(built)(x, t, tokens, tokens == 0)
            image = sd3_vae.LatentDecoder(vae)(x)
        self.assertEqual([tuple(one.shape) for one in (tokens, velocity, image)], [(2, 512), (2, 16, 32, 32), (2, 3, 256, 256)])
        renders = selftok_modules.build(self.theirs.renderer, selftok_modules.read_params(configs / "renderer" / "renderer-eval.yml", renders=True))
        with selftok_modules.OnMeta():
            self.assertEqual(tuple(selftok_modules.Renderer(renders)(tokens).shape), (2, 16, 32, 32))


def expected_shapes():
    """Of one weight of each kind, as the design of the model has them."""
    width, query, codes = 1536, 512, 32768
    return {"encoder.query_tokens": (1, 512, query), "encoder.pos_embed": (1, 64 * 64, 64), "encoder.x_embedder.proj.weight": (64, 16, 2, 2),
            "encoder.blocks.15.adaLN_modulation.1.weight": (6 * query, query), "encoder.quantizer.project_in.weight": (16, query),
            "encoder.quantizer._codebook.embed": (1, codes, 16), "encoder.final_layer_norm3.weight": (16,),
            "model.pos_embed": (1, 192 * 192, width), "model.context_pos_embed": (1, 512, width), "model.context_embedder.weight": (width, 16),
            "model.joint_blocks.0.context_block.adaLN_modulation.1.weight": (6 * width, width),
            "model.joint_blocks.23.context_block.adaLN_modulation.1.weight": (2 * width, width),
            "model.joint_blocks.23.x_block.attn.qkv.weight": (3 * width, width), "model.final_layer.linear.weight": (2 * 2 * 16, width)}


def randomised(module):
    """Every weight and table random, so that nothing agrees because it is zero: the codebook and all modulation start there."""
    for name, value in module.state_dict().items():
        if name.endswith("_codebook.embed"):
            value.copy_(nn.functional.normalize(torch.randn(value.shape), dim=-1))
        elif name.endswith("initted"):
            value.fill_(1)
        elif name.startswith(("encoder.", "model.")) and ".quantizer." not in name:
            # Much comes from the picture and little from positions: else one picture's tokens are another's.
            spread = 1.0 if "to_query_kv" in name or "x_embedder" in name else 0.3 if name.startswith("encoder.") and "adaLN" not in name else 0.1
            value.normal_(1.0 if value.ndim == 1 and "norm" in name and name.endswith("weight") else 0.0, spread)
        elif ".quantizer.project" in name:
            value.normal_(0, 0.3)
    return module.eval()


if __name__ == "__main__":
    unittest.main()
