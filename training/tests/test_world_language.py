"""Property tests of the language over many random scenes. Standard library only."""

import json
import random
import re
import time
import unittest
from dataclasses import replace

from training.world.captions import reading_order
from training.world.description import Background, Scene
from training.world.edits import background_is_fair, has_room, placed, propose, stands_out
from training.world.language import (OPERATIONS, TOPICS, canonical_caption, is_consistent, parse_caption, phrase_edit,
                                     sample_edit, sample_prompt, sample_question)
from training.world.parsing import relation_holds
from training.world.vocabulary import BACKGROUNDS, COLOURS, MAXIMUM_OBJECTS, TWO_COLOUR_BACKGROUNDS
from training.world.words import (COLOUR_WORDS, KIND_WORDS, NUMBER_WORDS, OPPOSITE_RELATION, PLACE_WORDS, RELATION_WORDS,
                                  SIZE_WORDS, TEXTURE_WORDS)

SCENES = 4000


def random_scene(rng) -> Scene:
    """One to three objects, grown by the 'add' edit; every fourth scene holds equal objects to count."""
    kind = rng.choice(BACKGROUNDS)
    while True:
        first = rng.choice(COLOURS)
        second = rng.choice(COLOURS) if kind in TWO_COLOUR_BACKGROUNDS else first
        background = Background(kind, [first, second], rng.uniform(0.54, 0.7))
        if first == second and kind not in TWO_COLOUR_BACKGROUNDS or background_is_fair(background):
            break
    scene, count, counting = Scene(background), rng.randint(1, MAXIMUM_OBJECTS), rng.random() < 0.25
    for _ in range(60):
        if len(scene.objects) == count:
            break
        edit = propose(scene, 'add', rng)
        if edit is None:
            continue
        one = edit.after
        if counting and scene.objects:
            first = scene.objects[0]
            one = placed(replace(first, x=one.x, y=one.y), BY_NAME[one.cell], middle=True)
        one = placed(replace(one, x=one.x + rng.uniform(-0.08, 0.08), y=one.y + rng.uniform(-0.08, 0.08)),
                     BY_NAME[one.cell], middle=False)
        if stands_out(background, one) and has_room(scene.objects, one):
            scene.objects.append(one)
    return scene


BY_NAME = {name: index for index, name in enumerate(
    ('top left', 'top', 'top right', 'left', 'centre', 'right', 'bottom left', 'bottom', 'bottom right'))}


class LanguageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        rng = random.Random(5)
        cls.scenes = [random_scene(rng) for _ in range(SCENES)]

    def test_scenes_survive_json(self):
        for scene in self.scenes[:200]:
            data = json.loads(json.dumps(scene.to_json()))
            self.assertEqual(Scene.from_json(data).to_json(), data)

    def test_canonical_caption_parses_back_to_everything(self):
        for scene in self.scenes:
            claim = parse_caption(canonical_caption(scene))
            self.assertTrue(is_consistent(claim, scene), canonical_caption(scene))
            said = [(one.kind, one.colour, one.texture, one.size, one.cell, one.count) for one in claim.objects]
            true = [(one.kind, one.colour, one.texture, one.size, one.cell, 1) for one in reading_order(scene)]
            self.assertEqual(said, true)
            self.assertEqual(sorted(true), sorted((one.kind, one.colour, one.texture, one.size, one.cell, 1)
                                                  for one in scene.objects))
            self.assertEqual(claim.background_kind, scene.background.kind)
            colours = 2 if scene.background.kind in TWO_COLOUR_BACKGROUNDS else 1
            self.assertEqual(claim.background_colours, scene.background.colours[:colours])

    def test_scenes_that_read_the_same_are_written_the_same(self):
        """Neither the order of drawing nor the exact place shows in the canonical text."""
        rng = random.Random(14)
        for scene in self.scenes[:1000]:
            copies = [placed(one, BY_NAME[one.cell], middle=True) for one in scene.objects]
            rng.shuffle(copies)
            self.assertEqual(canonical_caption(Scene(scene.background, copies)), canonical_caption(scene))
        one = self.scenes[0].objects[0]
        pair = [replace(one, colour='red', y=one.y - 0.01), replace(one, colour='blue')]
        self.assertEqual(canonical_caption(Scene(scene.background, pair)),
                         canonical_caption(Scene(scene.background, [replace(pair[1], y=one.y - 0.02), pair[0]])))

    def test_the_canonical_text_says_one_word_per_value(self):
        first = {forms[0][0] for forms in KIND_WORDS.values()}.union(
            *({options[0] for options in table.values()} for table in (COLOUR_WORDS, TEXTURE_WORDS, SIZE_WORDS)))
        said = {word for scene in self.scenes for part in canonical_caption(scene).split(', ')[:-1]
                for word in part.split()}
        places = {word for options in PLACE_WORDS.values() for word in options[0].split()}
        self.assertEqual(said, first | places | {'a'})

    def test_prompts_are_true_and_mention_every_object(self):
        rng = random.Random(6)
        for scene in self.scenes:
            for detail in (None, 'full', 'colours', 'places', 'relation', 'kinds'):
                text = sample_prompt(scene, rng, detail)
                claim = parse_caption(text)
                self.assertTrue(is_consistent(claim, scene), (text, claim, scene))
                self.assertEqual(sum(one.count for one in claim.objects), len(scene.objects), (text, claim))

    def test_wrong_scenes_are_noticed(self):
        rng = random.Random(7)
        for scene in self.scenes[:1000]:
            claim = parse_caption(canonical_caption(scene))
            changed = sample_edit(scene, rng, 'recolour')
            if changed:
                self.assertFalse(is_consistent(claim, changed[1]))

    def test_edits_can_be_taken_back(self):
        rng = random.Random(8)
        done = {}
        for scene in self.scenes:
            for operation in OPERATIONS:
                found = sample_edit(scene, rng, operation)
                if found is None:
                    continue
                instruction, new, edit = found
                done[operation] = done.get(operation, 0) + 1
                self.assertNotEqual(new, scene)
                self.assertEqual(edit.inverse().apply(new), scene)
                self.assertEqual(edit.inverse().inverse(), edit)
                self.assertTrue(phrase_edit(edit.inverse(), new, rng) is None or edit.operation)
        self.assertEqual(set(done), set(OPERATIONS))
        self.assertTrue(all(number > SCENES / 4 for number in done.values()), done)

    def test_edit_instructions_pick_out_their_object(self):
        rng = random.Random(9)
        for scene in self.scenes:
            found = sample_edit(scene, rng)
            self.assertIsNotNone(found)
            instruction, _, edit = found
            if edit.operation in ('add', 'background'):
                continue
            text = instruction.lower()
            if edit.operation == 'move':    # the destination would read as a description of the object
                text = re.sub(r' (?:to|in|at) the (?:(?! (?:in|at|on|to) )[a-z ])+\.?$', '', text)
            if edit.operation == 'retexture':
                text = re.sub(r'(?:add (?:dots|stripes) to|dots|stripes)', '', text)
            claim = parse_caption(text).objects[0]
            fitting = [one for one in scene.objects if claim.fits(one)]
            self.assertEqual(fitting, [edit.before], (instruction, claim))

    def test_added_objects_are_named_in_full(self):
        rng = random.Random(10)
        for scene in self.scenes[:2000]:
            found = sample_edit(scene, rng, 'add')
            if found:
                instruction, _, edit = found
                claim = parse_caption(re.sub(r'^(at|in|on)( the [a-z ]+), add (.*?)\.?$', r'\3 \1\2',
                                             instruction.lower())).objects[0]
                self.assertTrue(claim.fits(edit.after), instruction)
                self.assertEqual((claim.kind, claim.colour, claim.cell),
                                 (edit.after.kind, edit.after.colour, edit.after.cell), instruction)
                self.assertEqual(claim.size or 'medium', edit.after.size)
                self.assertEqual(claim.texture or 'solid', edit.after.texture)

    def test_answers_are_true(self):
        rng = random.Random(11)
        asked = {}
        for scene in self.scenes:
            for topic in TOPICS:
                found = sample_question(scene, rng, topic)
                if found:
                    asked[topic] = asked.get(topic, 0) + 1
                    self.check_answer(scene, *found)
        self.assertEqual(set(asked), set(TOPICS))

    def check_answer(self, scene, question, answer, topic):
        claims = parse_caption(question.lower()).objects
        context = (question, answer, scene)
        if topic == 'count':
            self.assertEqual(answer, NUMBER_WORDS[len(scene.objects)], context)
        elif topic in ('count of', 'existence'):
            number = sum(claims[-1].fits(one) for one in scene.objects)
            expected = NUMBER_WORDS[number] if topic == 'count of' else ('yes' if number else 'no')
            self.assertEqual(answer, expected, context)
        elif topic in ('colour', 'texture', 'size', 'kind', 'place'):
            fitting = [one for one in scene.objects if claims[-1].fits(one)]
            self.assertEqual(len(fitting), 1, context)
            self.assertEqual(answer, getattr(fitting[0], 'cell' if topic == 'place' else topic), context)
        elif topic == 'is':
            fitting = [one for one in scene.objects if claims[-1].fits(one)]
            self.assertEqual(len(fitting), 1, context)
            value = question.rstrip('?').split(' ')[-1]
            self.assertEqual(answer == 'yes', value in (fitting[0].colour, fitting[0].texture), context)
        elif topic in ('at', 'relation'):
            said = parse_caption(answer).objects[0]
            if topic == 'at':
                cell = parse_caption('a star ' + re.sub('.*(?:is|see) ', '', question.lower())).objects[0].cell
                fitting = [one for one in scene.objects if one.cell == cell]
            else:
                other = [one for one in scene.objects if claims[-1].fits(one)]
                self.assertEqual(len(other), 1, context)
                relation = next(name for name in OPPOSITE_RELATION
                                if any(' is ' + words + ' the ' in question.lower() for words in RELATION_WORDS[name]))
                fitting = [one for one in scene.objects if one is not other[0]
                           and relation_holds(one, relation, other[0])]
            self.assertEqual(len(fitting), 1, context)
            self.assertTrue(said.fits(fitting[0]) and said.kind and said.colour, context)
        else:
            colours = set(scene.background.colours)
            self.assertTrue(answer == scene.background.kind or set(answer.split(' to ')) <= colours, context)

    def test_texts_cost_little(self):
        rng = random.Random(12)
        for write in (sample_prompt, lambda scene, _: canonical_caption(scene), sample_edit, sample_question):
            started = time.perf_counter()
            for scene in self.scenes[:2000]:
                write(scene, rng)
            self.assertLess((time.perf_counter() - started) / 2000, 1e-3)


if __name__ == '__main__':
    unittest.main()
