<?php
// Tells the shared scenario with a client made from the spec by openapi-generator, and prints the transcript.
//   php consumer.php SCENARIO.json http://127.0.0.1:5767      credentials come from JSMS_APP_KEY and the like
declare(strict_types=1);

use GuzzleHttp\Client;
use Jsms\Api\AccountsApi;
use Jsms\Api\CodesApi;
use Jsms\Api\MessagesApi;
use Jsms\Api\ReportsApi;
use Jsms\Api\SchedulesApi;
use Jsms\Api\TemplatesApi;
use Jsms\ApiException;
use Jsms\Configuration;
use Jsms\ObjectSerializer;

require 'GuzzleHttp/autoload.php';
spl_autoload_register(function (string $class): void {
    if (str_starts_with($class, 'Jsms\\')) {
        require __DIR__ . '/jsms/lib/' . str_replace('\\', '/', substr($class, 5)) . '.php';
    }
});

final class Told
{
    public function __construct(
        public readonly int $status,
        public readonly mixed $answer = null,
        public readonly ?\Jsms\Model\ErrorDetail $refusal = null,
    ) {
    }
}

final class Teller
{
    /** @var array<string, mixed> */
    private array $saved = [];

    /** @param list<string> $hidden */
    public function __construct(private readonly string $origin, private readonly array $hidden)
    {
    }

    /** @param list<object> $steps */
    public function tell(array $steps): int
    {
        $failures = 0;
        foreach ($steps as $index => $step) {
            $told = isset($step->control) ? $this->control($step) : $this->call($step);
            foreach ((array) ($step->save ?? []) as $field => $name) {
                $this->saved[$name] = $told->answer->{$field};
            }
            $mark = '';
            if (isset($step->expect)) {
                $code = $told->refusal?->getCode();
                if ($step->expect->status !== $told->status || ($step->expect->code ?? null) !== $code) {
                    $failures++;
                    $mark = ' UNEXPECTED';
                }
            }
            printf("%02d %s: %s%s\n", $index + 1, $step->say, $this->line($step, $told), $mark);
        }
        echo $failures === 0 ? 'all ' . count($steps) . " steps as expected\n" : "$failures steps not as expected\n";

        return $failures === 0 ? 0 : 1;
    }

    private static function configuration(string $origin, string $key, string $secret): Configuration
    {
        return (new Configuration())->setHost("$origin/v1")->setUsername($key)->setPassword($secret);
    }

    /** Put saved values in the place of $names. */
    private function filled(mixed $value): mixed
    {
        if (is_string($value) && str_starts_with($value, '$')) {
            return $this->saved[substr($value, 1)];
        }
        if (is_array($value)) {
            return array_map($this->filled(...), $value);
        }
        if (is_object($value)) {
            return (object) array_map($this->filled(...), (array) $value);
        }

        return $value;
    }

    private function body(object $step, string $model): mixed
    {
        return ObjectSerializer::deserialize($this->filled($step->body), "\\Jsms\\Model\\$model");
    }

    private function id(object $step, string $name): mixed
    {
        return $this->filled($step->path->{$name});
    }

    private function call(object $step): Told
    {
        $secret = isset($step->wrong_secret) ? 'wrong' : getenv('JSMS_MASTER_SECRET');
        $app = self::configuration($this->origin, getenv('JSMS_APP_KEY'), $secret);
        $account = self::configuration($this->origin, getenv('JSMS_DEV_KEY'), getenv('JSMS_DEV_SECRET'));
        $http = new Client();
        $codes = new CodesApi($http, $app);
        $messages = new MessagesApi($http, $app);
        $templates = new TemplatesApi($http, $app);
        $schedules = new SchedulesApi($http, $app);
        $reports = new ReportsApi($http, $app);
        try {
            [$answer, $status] = match ($step->operation) {
                'sendCode' => $codes->sendCodeWithHttpInfo($this->body($step, 'SendCodeRequest')),
                'sendVoiceCode' => $codes->sendVoiceCodeWithHttpInfo($this->body($step, 'SendVoiceCodeRequest')),
                'verifyCode' => $codes->verifyCodeWithHttpInfo($this->id($step, 'msg_id'), $this->body($step, 'VerifyCodeRequest')),
                'sendMessage' => $messages->sendMessageWithHttpInfo($this->body($step, 'SendMessageRequest')),
                'sendMessageBatch' => $messages->sendMessageBatchWithHttpInfo($this->body($step, 'SendMessageBatchRequest')),
                'createTemplate' => $templates->createTemplateWithHttpInfo($this->body($step, 'TemplateRequest')),
                'getTemplate' => $templates->getTemplateWithHttpInfo($this->id($step, 'temp_id')),
                'createSchedule' => $schedules->createScheduleWithHttpInfo($this->body($step, 'ScheduleRequest')),
                'createScheduleBatch' => $schedules->createScheduleBatchWithHttpInfo($this->body($step, 'ScheduleBatchRequest')),
                'getSchedule' => $schedules->getScheduleWithHttpInfo($this->id($step, 'schedule_id')),
                'updateSchedule' => $schedules->updateScheduleWithHttpInfo($this->id($step, 'schedule_id'), $this->body($step, 'ScheduleRequest')),
                'deleteSchedule' => $schedules->deleteScheduleWithHttpInfo($this->id($step, 'schedule_id')),
                'getAppBalance' => (new AccountsApi($http, $app))->getAppBalanceWithHttpInfo(),
                'getAccountBalance' => (new AccountsApi($http, $account))->getAccountBalanceWithHttpInfo(),
                'pullReplies' => $reports->pullRepliesWithHttpInfo(),
                'pullReports' => $reports->pullReportsWithHttpInfo(),
            };
        } catch (ApiException $refused) {
            return new Told($refused->getCode(), refusal: $refused->getResponseObject()->getError());
        }

        return new Told($status, $answer === null ? null : ObjectSerializer::sanitizeForSerialization($answer));
    }

    private function control(object $step): Told
    {
        [$method, $target] = explode(' ', $step->control, 2);
        $target = preg_replace_callback('/\$(\w+)/', fn (array $found): string => (string) $this->saved[$found[1]], $target);
        $options = isset($step->body) ? ['json' => $this->filled($step->body)] : [];
        $response = (new Client())->request($method, $this->origin . $target, $options);

        return new Told($response->getStatusCode(), json_decode((string) $response->getBody()));
    }

    private function line(object $step, Told $told): string
    {
        if (isset($step->control)) {
            return 'done';
        }
        $head = "$step->operation $told->status";
        if ($told->refusal !== null) {
            return "$head {$told->refusal->getCode()}";
        }
        if ($told->answer === null) {
            return $head;
        }
        $shown = $told->answer;
        if (isset($step->show)) {
            $shown = (object) [];
            foreach ($step->show as $name) {
                $shown->{$name} = $told->answer->{$name};
            }
        }

        return "$head {$this->canonical($shown)}";
    }

    /** Write JSON with sorted keys and no spaces; ids, which differ from run to run, as their type. */
    private function canonical(mixed $value, string $name = ''): string
    {
        if (in_array($name, $this->hidden, true)) {
            return is_string($value) ? '"<text>"' : '"<number>"';
        }
        if (is_array($value) && array_is_list($value)) {
            return '[' . implode(',', array_map(fn (mixed $inner): string => $this->canonical($inner), $value)) . ']';
        }
        if (is_object($value) || is_array($value)) {
            $fields = (array) $value;
            ksort($fields, SORT_STRING);
            $parts = [];
            foreach ($fields as $key => $inner) {
                $parts[] = self::plain($key) . ':' . $this->canonical($inner, (string) $key);
            }

            return '{' . implode(',', $parts) . '}';
        }

        return self::plain($value);
    }

    private static function plain(mixed $value): string
    {
        return json_encode($value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
    }
}

$story = json_decode(file_get_contents($argv[1]), flags: JSON_THROW_ON_ERROR);
exit((new Teller($argv[2], $story->hidden))->tell($story->steps));
