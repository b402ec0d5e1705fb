// Tells the shared scenario with a client made from the spec by openapi-generator, and prints the transcript.
//
//	consumer SCENARIO.json http://127.0.0.1:5767      credentials come from JSMS_APP_KEY and the like
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"consumer/jsms"
)

type object = map[string]interface{}

type scenario struct {
	Hidden []string `json:"hidden"`
	Steps  []step   `json:"steps"`
}

type step struct {
	Say         string            `json:"say"`
	Control     string            `json:"control"`
	Operation   string            `json:"operation"`
	Path        map[string]string `json:"path"`
	Body        json.RawMessage   `json:"body"`
	Save        map[string]string `json:"save"`
	Show        []string          `json:"show"`
	WrongSecret bool              `json:"wrong_secret"`
	Expect      *struct {
		Status int   `json:"status"`
		Code   int32 `json:"code"`
	} `json:"expect"`
}

type told struct {
	status int
	answer interface{}
	code   int32
}

type teller struct {
	origin string
	client *jsms.APIClient
	hidden map[string]bool
	saved  object
}

func main() {
	if len(os.Args) != 3 {
		fail(errors.New("usage: consumer SCENARIO.json ORIGIN"))
	}
	text, err := os.ReadFile(os.Args[1])
	fail(err)
	var story scenario
	fail(json.Unmarshal(text, &story))
	configuration := jsms.NewConfiguration()
	configuration.Servers = jsms.ServerConfigurations{{URL: os.Args[2] + "/v1"}}
	t := teller{os.Args[2], jsms.NewAPIClient(configuration), map[string]bool{}, object{}}
	for _, name := range story.Hidden {
		t.hidden[name] = true
	}
	failures := 0
	for index, s := range story.Steps {
		var done told
		if s.Control != "" {
			done = t.control(s)
		} else {
			done = t.call(s)
		}
		for field, name := range s.Save {
			if fields, found := done.answer.(object); found {
				t.saved[name] = fields[field]
			}
		}
		mark := ""
		if s.Expect != nil && (s.Expect.Status != done.status || s.Expect.Code != done.code) {
			failures++
			mark = " UNEXPECTED"
		}
		fmt.Printf("%02d %s: %s%s\n", index+1, s.Say, t.line(s, done), mark)
	}
	if failures > 0 {
		fmt.Printf("%d steps not as expected\n", failures)
		os.Exit(1)
	}
	fmt.Printf("all %d steps as expected\n", len(story.Steps))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

// filled puts saved values in the place of $names.
func (t *teller) filled(value interface{}) interface{} {
	switch v := value.(type) {
	case string:
		if strings.HasPrefix(v, "$") {
			return t.saved[v[1:]]
		}
	case []interface{}:
		for index, inner := range v {
			v[index] = t.filled(inner)
		}
	case object:
		for key, inner := range v {
			v[key] = t.filled(inner)
		}
	}
	return value
}

// body reads the step's body into a typed request, as an application would have it.
func (t *teller) body(s step, request interface{}) {
	fail(json.Unmarshal(t.raw(s), request))
}

func (t *teller) raw(s step) []byte {
	filled, err := json.Marshal(t.filled(decoded(s.Body)))
	fail(err)
	return filled
}

func decoded(text []byte) interface{} {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value interface{}
	fail(decoder.Decode(&value))
	return value
}

func (t *teller) id(s step, name string) string {
	return fmt.Sprint(t.filled(s.Path[name]))
}

func (t *teller) number(s step, name string) int64 {
	number, err := strconv.ParseInt(t.id(s, name), 10, 64)
	fail(err)
	return number
}

func (t *teller) credentials(s step) context.Context {
	auth := jsms.BasicAuth{UserName: os.Getenv("JSMS_APP_KEY"), Password: os.Getenv("JSMS_MASTER_SECRET")}
	if s.WrongSecret {
		auth.Password = "wrong"
	}
	if s.Operation == "getAccountBalance" {
		auth = jsms.BasicAuth{UserName: os.Getenv("JSMS_DEV_KEY"), Password: os.Getenv("JSMS_DEV_SECRET")}
	}
	return context.WithValue(context.Background(), jsms.ContextBasicAuth, auth)
}

func (t *teller) call(s step) told {
	ctx, api := t.credentials(s), t.client
	var answer interface{}
	var response *http.Response
	var err error
	switch s.Operation {
	case "sendCode":
		var body jsms.SendCodeRequest
		t.body(s, &body)
		answer, response, err = api.CodesAPI.SendCode(ctx).SendCodeRequest(body).Execute()
	case "sendVoiceCode":
		var body jsms.SendVoiceCodeRequest
		t.body(s, &body)
		answer, response, err = api.CodesAPI.SendVoiceCode(ctx).SendVoiceCodeRequest(body).Execute()
	case "verifyCode":
		var body jsms.VerifyCodeRequest
		t.body(s, &body)
		answer, response, err = api.CodesAPI.VerifyCode(ctx, t.id(s, "msg_id")).VerifyCodeRequest(body).Execute()
	case "sendMessage":
		var body jsms.SendMessageRequest
		t.body(s, &body)
		answer, response, err = api.MessagesAPI.SendMessage(ctx).SendMessageRequest(body).Execute()
	case "sendMessageBatch":
		var body jsms.SendMessageBatchRequest
		t.body(s, &body)
		answer, response, err = api.MessagesAPI.SendMessageBatch(ctx).SendMessageBatchRequest(body).Execute()
	case "createTemplate":
		var body jsms.TemplateRequest
		t.body(s, &body)
		answer, response, err = api.TemplatesAPI.CreateTemplate(ctx).TemplateRequest(body).Execute()
	case "getTemplate":
		answer, response, err = api.TemplatesAPI.GetTemplate(ctx, t.number(s, "temp_id")).Execute()
	case "createSchedule":
		var body jsms.ScheduleRequest
		t.body(s, &body)
		answer, response, err = api.SchedulesAPI.CreateSchedule(ctx).ScheduleRequest(body).Execute()
	case "createScheduleBatch":
		var body jsms.ScheduleBatchRequest
		t.body(s, &body)
		answer, response, err = api.SchedulesAPI.CreateScheduleBatch(ctx).ScheduleBatchRequest(body).Execute()
	case "getSchedule":
		answer, response, err = api.SchedulesAPI.GetSchedule(ctx, t.id(s, "schedule_id")).Execute()
	case "updateSchedule":
		var body jsms.ScheduleRequest
		t.body(s, &body)
		answer, response, err = api.SchedulesAPI.UpdateSchedule(ctx, t.id(s, "schedule_id")).ScheduleRequest(body).Execute()
	case "deleteSchedule":
		response, err = api.SchedulesAPI.DeleteSchedule(ctx, t.id(s, "schedule_id")).Execute()
	case "getAppBalance":
		answer, response, err = api.AccountsAPI.GetAppBalance(ctx).Execute()
	case "getAccountBalance":
		answer, response, err = api.AccountsAPI.GetAccountBalance(ctx).Execute()
	case "pullReplies":
		answer, response, err = api.ReportsAPI.PullReplies(ctx).Execute()
	case "pullReports":
		answer, response, err = api.ReportsAPI.PullReports(ctx).Execute()
	default:
		fail(fmt.Errorf("no way to call %s", s.Operation))
	}
	var refused *jsms.GenericOpenAPIError
	if errors.As(err, &refused) {
		switch model := refused.Model().(type) {
		case jsms.ErrorEnvelope:
			return told{status: response.StatusCode, code: model.Error.Code}
		case jsms.VerificationRefusal:
			return told{status: response.StatusCode, code: model.Error.Code}
		}
	}
	fail(err)
	if s.Operation == "deleteSchedule" {
		return told{status: response.StatusCode}
	}
	plain, err := json.Marshal(answer)
	fail(err)
	return told{status: response.StatusCode, answer: decoded(plain)}
}

var savedName = regexp.MustCompile(`\$\w+`)

func (t *teller) control(s step) told {
	method, target, _ := strings.Cut(s.Control, " ")
	target = savedName.ReplaceAllStringFunc(target, func(name string) string { return fmt.Sprint(t.saved[name[1:]]) })
	var body io.Reader
	if s.Body != nil {
		body = bytes.NewReader(t.raw(s))
	}
	request, err := http.NewRequest(method, t.origin+target, body)
	fail(err)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	fail(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	fail(err)
	if response.StatusCode >= 300 {
		fail(fmt.Errorf("%s: %d %s", s.Control, response.StatusCode, text))
	}
	done := told{status: response.StatusCode}
	if len(text) > 0 {
		done.answer = decoded(text)
	}
	return done
}

func (t *teller) line(s step, done told) string {
	if s.Control != "" {
		return "done"
	}
	if done.code != 0 {
		return fmt.Sprintf("%s %d %d", s.Operation, done.status, done.code)
	}
	if done.answer == nil {
		return fmt.Sprintf("%s %d", s.Operation, done.status)
	}
	shown := done.answer
	if s.Show != nil {
		fields := object{}
		for _, name := range s.Show {
			fields[name] = done.answer.(object)[name]
		}
		shown = fields
	}
	return fmt.Sprintf("%s %d %s", s.Operation, done.status, t.canonical(shown, ""))
}

// canonical writes JSON with sorted keys and no spaces; ids, which differ from run to run, as their type.
func (t *teller) canonical(value interface{}, name string) string {
	if t.hidden[name] {
		if _, isText := value.(string); isText {
			return `"<text>"`
		}
		return `"<number>"`
	}
	switch v := value.(type) {
	case []interface{}:
		parts := make([]string, len(v))
		for index, inner := range v {
			parts[index] = t.canonical(inner, "")
		}
		return "[" + strings.Join(parts, ",") + "]"
	case object:
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		parts := make([]string, len(keys))
		for index, key := range keys {
			parts[index] = plain(key) + ":" + t.canonical(v[key], key)
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	return plain(value)
}

func plain(value interface{}) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	fail(encoder.Encode(value))
	return strings.TrimSpace(text.String())
}
